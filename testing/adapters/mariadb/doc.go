// Package mariadb tests adapters/dbsql on a MariaDB, which stands in for MySQL, with
// go-sql-driver/mysql.
package mariadb
