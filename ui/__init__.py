"""Parts that the pages share: frame, canvas, cached models, readings, texts, training history."""
