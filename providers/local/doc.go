// Package local bundles the backends that need no network and no SDK: env:, dotenv:,
// file:, docker: and systemd:. A program that imports it gets only the standard
// library and godotenv.
package local
