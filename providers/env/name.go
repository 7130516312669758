package env

import "github.com/secretmux/secretmux/providers/internal/variable"

// Name returns the variable that holds the secret with this name. It is prefix,
// unchanged, and then name, with ASCII letters in upper case and every other
// character, except a digit, as one underscore. If the result starts with a digit,
// which no shell can set, an underscore goes in front. Name("APP_", "db/password") is
// APP_DB_PASSWORD. The result is also the key of a .env file in package dotenv.
//
// It is for tools that write the input of a [Provider]: an example file, the
// environment of a child process, a manifest. Many names have the same variable; the
// package comment says how a Provider treats them. Name accepts any strings and
// checks neither.
func Name(prefix, name string) string { return variable.Name(prefix, name) }
