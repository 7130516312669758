// Before is a service with os.Getenv and godotenv, like most services at their beginning.
package main

import (
	"fmt"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	_ = godotenv.Load() // fills the process environment from .env
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	password := os.Getenv("DB_PASSWORD")
	if password == "" {
		fmt.Fprintln(os.Stderr, "DB_PASSWORD is not set")
		os.Exit(1)
	}
	serve(port, password)
}

func serve(port, password string) {
	fmt.Printf("port %s, a password of %d characters\n", port, len(password))
}
