SELECT mark FROM drawing.state WHERE layer = %(layer)s
