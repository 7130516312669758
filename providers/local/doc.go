// Package local bundles the backends that need no network and no SDK: env:,
// dotenv:, file:, docker: and systemd:. It brings only the standard library and
// godotenv into a program.
package local
