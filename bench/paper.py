def write(root):
	pass
