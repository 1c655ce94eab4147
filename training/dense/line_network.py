"""The line network: which character each column of a text line shows.

Fully convolutional, with a receptive field of about two digits, so that it cannot learn numbers by
heart. It learns by connectionist temporal classification (CTC, Graves et al. 2006), and by what
each column shows, which synthetic lines know.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from model.line.alphabet import BLANK, CHARACTERS, CLASS_COUNT, greedy_text
from model.line.features import LINE_HEIGHT
from training.dense.ink_network import conv_norm_relu
from training.dense.line_examples import make_line_batch
from training.dense.task import PRECISIONS, DenseConfig, DenseTask
from training.recipes.config import one_of, within

LINE_CHANNELS = (24, 40, 64, 80)
DROPOUT = 0.1
LARGEST_GRADIENT = 5.0  # norm; CTC has steep moments at the beginning


@dataclass(frozen=True)
class LineConfig(DenseConfig):
    """Hyperparameters of the line network."""

    epochs: Annotated[int, within(int, 1)] = 40
    """Epochs; each has new lines."""
    batch_size: Annotated[int, within(int, 1)] = 48
    """Lines a batch."""
    weight_decay: Annotated[float, within(float, 0, 1)] = 1e-2
    """Decay of the weights (AdamW, Loshchilov and Hutter 2019)."""
    # Twice as fast where the processor has units for it.
    precision: Annotated[str, one_of(*PRECISIONS)] = "mixed_bfloat16"
    """Precision of the training; the model that is written has float32 throughout."""
    validation: Annotated[int, within(int, 1)] = 1000
    """Lines to validate on, by other writers, up to whole batches; the same after each epoch."""
    test: Annotated[int, within(int, 1)] = 2000
    """Lines to test on at the end, by writers of MNIST's test digits, up to whole batches."""


def build_line_network(shape: tuple[int, int] | None = None) -> Any:
    """Build a network from (32, w, 1) `line_features` to (w / 4, classes) logits.

    The width must be a multiple of 4.
    """
    import keras
    from keras import layers

    first, second, third, last = LINE_CHANNELS
    inputs = keras.Input((*(shape or (LINE_HEIGHT, None)), 1))
    x = conv_norm_relu(inputs, first, 3, strides=(2, 2))
    x = conv_norm_relu(x, first, 3)
    x = _residual(conv_norm_relu(x, second, 3, strides=(2, 2)), second)
    x = _residual(conv_norm_relu(x, third, 3, strides=(2, 1)), third)
    x = layers.ZeroPadding2D(((0, 0), (1, 1)))(x)
    x = conv_norm_relu(x, 2 * last, (LINE_HEIGHT // 8, 3), padding="valid")  # all rows become one
    x = layers.Dropout(DROPOUT)(conv_norm_relu(x, last, (1, 3)))
    x = layers.Conv2D(CLASS_COUNT, 1, dtype="float32")(x)
    return keras.Model(inputs, layers.Reshape((-1, CLASS_COUNT), dtype="float32")(x))


def _residual(x: Any, channels: int) -> Any:
    from keras import layers

    y = conv_norm_relu(conv_norm_relu(x, channels, 3), channels, 3)
    return layers.Add()([x, y])


def _line_loss(logits: Any, targets: tuple[Any, ...]) -> tuple[Any, Any]:
    """CTC by character plus cross-entropy by column, and the likeliest class of each column."""
    import tensorflow as tf

    labels, lengths, columns, widths = targets
    by_column = tf.nn.sparse_softmax_cross_entropy_with_logits(columns, logits)
    by_time = tf.transpose(logits, [1, 0, 2])
    ctc = tf.nn.ctc_loss(
        labels, by_time, lengths, widths, logits_time_major=True, blank_index=BLANK
    )
    ctc = ctc / tf.cast(tf.maximum(lengths, 1), tf.float32)
    answers = tf.argmax(logits, axis=-1, output_type=tf.int32)
    return tf.reduce_mean(ctc) + tf.reduce_mean(by_column), answers


def read_exactly(
    answers: NDArray[np.integer], targets: tuple[NDArray[np.integer], ...]
) -> NDArray[np.float64]:
    """Return (n,) 1 for each line whose likeliest path gives its text, 0 for the others."""
    labels, lengths, _, widths = targets
    right = [
        greedy_text(path[:width]) == "".join(CHARACTERS[k] for k in text[:length])
        for path, width, text, length in zip(answers, widths, labels, lengths, strict=True)
    ]
    return np.array(right, np.float64)


LINE_TASK = DenseTask(
    name="line",
    learns="lines of such scenes, new ones in every epoch",
    measure="lines read exactly",
    config=LineConfig,
    build=build_line_network,
    make=make_line_batch,
    loss=_line_loss,
    score=read_exactly,
    exact=True,
    reference=(LINE_HEIGHT, 160),  # five digits
    parameters=304_827,
    multiply_adds=40_887_680,
    clip=LARGEST_GRADIENT,
)
