module github.com/secretmux/secretmux/examples

go 1.25.0

require (
	github.com/lib/pq v1.12.3
	github.com/secretmux/secretmux v0.0.0
	github.com/secretmux/secretmux/settings v0.0.0
)

require (
	github.com/caarlos0/env/v11 v11.4.1 // indirect
	github.com/gabriel-vasile/mimetype v1.4.16 // indirect
	github.com/go-playground/locales v0.14.1 // indirect
	github.com/go-playground/universal-translator v0.18.1 // indirect
	github.com/go-playground/validator/v10 v10.30.4 // indirect
	github.com/joho/godotenv v1.5.1 // indirect
	github.com/leodido/go-urn v1.5.0 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)

replace (
	github.com/secretmux/secretmux => ../
	github.com/secretmux/secretmux/settings => ../settings
)
