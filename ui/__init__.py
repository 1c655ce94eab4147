"""What the pages share: frame and menu, canvas, cached recogniser, showing a reading, charts."""
