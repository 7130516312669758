// Package postgres tests the adapters for databases on a PostgreSQL that asks for
// passwords: with SCRAM, and no trust for anybody.
package postgres
