// Package local bundles the backends that need no network and no SDK: env:,
// dotenv:, file: and docker:. It brings the standard library and godotenv into a
// program and nothing else.
package local
