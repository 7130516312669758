// Package env reads secrets from environment variables, one variable a secret.
//
//	env:?prefix=APP_          db/password is APP_DB_PASSWORD
//	env:?empty=keep           an empty variable is an empty secret
//	env:?files=true           APP_DB_PASSWORD_FILE may name a file that holds the value
//
// # Names
//
// [Name] gives the variable of a name. Several names give one variable (db/password,
// db-password and DB.PASSWORD), so the first name that a provider is asked for keeps
// the variable, and asking for another one is ErrInvalid. Two spellings of one secret
// are a mistake. It would otherwise show only in production, with a backend that
// tells the spellings apart.
//
// A name with only ASCII letters, digits and / _ - . takes the variable from a name
// with other characters, and any name takes it from a name with invisible characters.
// An odd name may have come first, by mistake or from an attacker, and it must not
// block a good one. The provider remembers up to three names for each variable that
// exists, so the environment bounds this memory.
//
// # Empty and absent
//
// An empty variable is absent, because Compose files and Kubernetes manifests set a
// variable to an empty value in order to leave it out. With Options.KeepEmpty it is
// an empty secret instead.
//
// An empty _FILE variable counts as unset. The file that a _FILE variable names is
// read as in package file: a text loses a byte order mark and one final newline, and
// an empty file is an empty secret. A file that does not exist is ErrInvalid, because
// a chain must not go on without it. After the file was read once, its absence is
// ErrUnavailable.
//
// # What the environment can't do
//
// The environment of a process is inherited by its children, and its owner can read
// it under /proc, even after os.Unsetenv. It has no versions and no times. Its values
// never change from outside, so this backend never reports a rotation.
package env
