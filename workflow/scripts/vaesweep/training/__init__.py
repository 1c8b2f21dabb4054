"""From the training images to a trained model."""
