"""The errors of reading, each a sentence for the person using the app.

    DigitReaderError
    ├── ImageError
    │   ├── ImageNotFoundError     no such file, or one that may not be opened
    │   ├── NotAnImageError        empty, of another kind, or an array of the wrong shape
    │   ├── DamagedImageError      begins like an image and cannot be decoded
    │   ├── ImageTooSmallError     too few pixels to hold a digit
    │   ├── ImageTooLargeError     over the limit of bytes or pixels
    │   └── TooManyComponentsError  over the limit of separate pieces of ink
    ├── ModelError                 the model's files are missing, damaged or of the wrong shape
    ├── SettingError               an environment variable has an invalid value
    └── UnhealthyError             the known digit of the health check is misread

`str(error)` of each is one sentence that may be shown unchanged.
"""


class DigitReaderError(Exception):
    """Base of the family; its message is one sentence for the person using the app."""


class ImageError(DigitReaderError):
    """An image that cannot be read."""


class ImageNotFoundError(ImageError):
    """The path leads to no file that can be opened."""


class NotAnImageError(ImageError):
    """The content is no image of a supported format."""


class DamagedImageError(ImageError):
    """The content begins like an image but cannot be decoded."""


class ImageTooSmallError(ImageError):
    """The image has too few pixels to hold a digit."""


class ImageTooLargeError(ImageError):
    """The image is over the limit of bytes or pixels."""


class TooManyComponentsError(ImageError):
    """The image shows more separate pieces of ink than the limit."""

    def __init__(self, what: str, name: str = "The image") -> None:
        super().__init__(what, name)  # both, so that the error can be sent to another process
        self.what = what  # there is too much of
        self.name = name  # of the image

    def __str__(self) -> str:
        """Return the sentence for the person using the app."""
        return f"{self.name} shows {self.what}; show fewer digits."


class ModelError(DigitReaderError):
    """The model's files cannot be used."""


class SettingError(DigitReaderError):
    """An environment variable has an invalid value."""


class UnhealthyError(DigitReaderError):
    """The known digit of the health check is misread."""
