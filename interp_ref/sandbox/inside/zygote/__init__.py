"""A process that has TensorFlow loaded and forks a kernel when it is asked to. Linux only."""
