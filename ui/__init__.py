"""What the pages share: frame and menu, canvas, cached recognisers, readings, training history."""
