// Package mariadb tests adapters/dbsql with go-sql-driver/mysql on a MariaDB. It
// stands in for MySQL.
package mariadb
