// Package child runs a program as if its user had started it directly. Each signal
// reaches the program once, its exit code is passed on, and processes that it
// leaves behind delay nothing. The package does not handle secrets.
package child
