"""The reference methods: CAM, Grad-CAM and saliency, arrays in and maps out.

They import TensorFlow, Keras and NumPy alone, so that the text can be read beside the equations.
"""
