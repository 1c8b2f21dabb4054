"""How well do the codes of a variational autoencoder interpolate, and which run should one show?"""
