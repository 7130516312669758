// Package postgres tests the adapters for databases on a PostgreSQL that asks for
// passwords, with SCRAM, and trusts no client.
package postgres
