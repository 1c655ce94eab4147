"""The ink network: what each pixel of an image is, paper, pen or print.

A U-Net (Ronneberger et al. 2015) of five levels, whose first one already has half the resolution.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from model.ink.features import INK_CHANNELS, ink_features
from training.augment.render import Random
from training.dense.task import Batch, DenseConfig, DenseTask
from training.recipes.config import within
from training.scenes.corpus import Corpus
from training.scenes.scene import PEN, make_scene

SCENE_SHAPE = (128, 256)  # pixels of an example
CHANNELS = (16, 24, 32, 48, 48)  # of the levels; each has half the resolution of the one before
PIXEL_CLASSES = 3
# Paper is most of every image, and its pixels are mostly easy.
CLASS_WEIGHTS = (0.6, 1.0, 1.0)
LOSS_SCALE = 5.0  # the mean over pixels is small beside the decay of weights
NORM_MOMENTUM = 0.95  # of batch normalisation; few steps an epoch
SMOOTH = 10.0  # pixels added to both sides of a ratio, so that a blank scene has one


@dataclass(frozen=True)
class InkConfig(DenseConfig):
    """Hyperparameters of the ink network."""

    epochs: Annotated[int, within(int, 1)] = 40
    """Epochs; each has new scenes."""
    steps: Annotated[int, within(int, 1)] = 400
    """Batches an epoch."""


def build_ink_network(shape: tuple[int, int] | None = None) -> Any:
    """Build a network from (h, w, 2) `ink_features` to (h, w, 3) logits of paper, pen and print.

    Both sides of an image must be multiples of 32.
    """
    import keras
    from keras import layers

    inputs = keras.Input((*(shape or (None, None)), INK_CHANNELS))
    first, *deeper = CHANNELS
    x = conv_norm_relu(inputs, first, 4, strides=2)
    x = conv_norm_relu(x, first, 3)
    levels = [x]
    for channels in deeper:
        x = conv_norm_relu(x, channels, 3, strides=2)
        x = conv_norm_relu(x, channels, 3)
        levels.append(x)
    for channels, level in zip(CHANNELS[-2::-1], levels[-2::-1], strict=True):
        x = layers.Conv2D(channels, 1, use_bias=False)(x)
        x = layers.UpSampling2D(2, interpolation="nearest")(x)
        x = conv_norm_relu(layers.Add()([x, level]), channels, 3)
    x = conv_norm_relu(x, first, 3)
    logits = layers.Conv2DTranspose(PIXEL_CLASSES, 4, strides=2, padding="same", dtype="float32")
    return keras.Model(inputs, logits(x))


def conv_norm_relu(
    x: Any,
    channels: int,
    kernel: int | tuple[int, int],
    *,
    strides: int | tuple[int, int] = 1,
    padding: str = "same",
) -> Any:
    """Return a convolution, batch normalisation and ReLU of a tensor."""
    from keras import layers

    convolution = layers.Conv2D(
        channels,
        kernel,
        strides=strides,
        padding=padding,
        use_bias=False,
        kernel_initializer="he_normal",
    )
    return layers.ReLU()(layers.BatchNormalization(momentum=NORM_MOMENTUM)(convolution(x)))


def make_ink_batch(corpus: Corpus, count: int, random: Random) -> Batch:
    """Make `count` scenes: (n, h, w, 2) features and (n, h, w) truth."""
    inputs = np.empty((count, *SCENE_SHAPE, INK_CHANNELS), np.float32)
    truth = np.empty((count, *SCENE_SHAPE), np.uint8)
    for place in range(count):
        scene = make_scene(random, corpus, SCENE_SHAPE)
        inputs[place], truth[place] = ink_features(scene.image), scene.truth
    return Batch(inputs, (truth,))


def _ink_loss(logits: Any, targets: tuple[Any, ...]) -> tuple[Any, Any]:
    """Cross-entropy, weighted by class, and the likeliest class of each pixel."""
    import tensorflow as tf

    truth = tf.cast(targets[0], tf.int32)
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(truth, logits)
    weights = tf.gather(tf.constant(CLASS_WEIGHTS), truth)
    answers = tf.argmax(logits, axis=-1, output_type=tf.int32)
    return LOSS_SCALE * tf.reduce_mean(entropy * weights), answers


def pen_overlap(
    answers: NDArray[np.integer], targets: tuple[NDArray[np.integer], ...]
) -> NDArray[np.float64]:
    """Return (n,) intersection over union of pen pixels; about 1 where neither has any."""
    found, true = answers == PEN, targets[0] == PEN
    both = (found & true).sum(axis=(1, 2)) + SMOOTH
    either = (found | true).sum(axis=(1, 2)) + SMOOTH
    return np.asarray(both / either, np.float64)


INK_TASK = DenseTask(
    name="ink",
    learns="scenes of numbers on paper and forms, new ones in every epoch",
    measure="mean overlap of pen pixels",
    config=InkConfig,
    build=build_ink_network,
    make=make_ink_batch,
    loss=_ink_loss,
    score=pen_overlap,
    exact=False,
    reference=(256, 256),
    parameters=151_011,
    multiply_adds=274_251_776,
)
