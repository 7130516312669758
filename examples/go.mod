module github.com/secretmux/secretmux/examples

go 1.25.0

require github.com/secretmux/secretmux v0.0.0

require github.com/joho/godotenv v1.5.1 // indirect

replace github.com/secretmux/secretmux => ../
