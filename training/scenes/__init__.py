"""Scenes: numbers written on paper and forms, with what each pixel and each glyph is."""
