module github.com/secretmux/secretmux/examples

go 1.25.0

require (
	filippo.io/age v1.3.2
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/joho/godotenv v1.5.1
	github.com/lib/pq v1.12.3
	github.com/secretmux/secretmux v0.0.0
	github.com/secretmux/secretmux/adapters/otel v0.0.0
	github.com/secretmux/secretmux/adapters/seal v0.0.0
	github.com/secretmux/secretmux/providers/age v0.0.0
	github.com/secretmux/secretmux/settings v0.0.0
	go.opentelemetry.io/otel v1.46.0
	go.opentelemetry.io/otel/sdk v1.46.0
	go.opentelemetry.io/otel/sdk/metric v1.46.0
)

require (
	filippo.io/hpke v0.4.0 // indirect
	github.com/caarlos0/env/v11 v11.4.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/gabriel-vasile/mimetype v1.4.16 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/go-playground/locales v0.14.1 // indirect
	github.com/go-playground/universal-translator v0.18.1 // indirect
	github.com/go-playground/validator/v10 v10.30.4 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/leodido/go-urn v1.5.0 // indirect
	github.com/tink-crypto/tink-go/v2 v2.9.0 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel/metric v1.46.0 // indirect
	go.opentelemetry.io/otel/trace v1.46.0 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

replace (
	github.com/secretmux/secretmux => ../
	github.com/secretmux/secretmux/adapters/otel => ../adapters/otel
	github.com/secretmux/secretmux/adapters/seal => ../adapters/seal
	github.com/secretmux/secretmux/providers/age => ../providers/age
	github.com/secretmux/secretmux/settings => ../settings
)
