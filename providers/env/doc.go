// Package env reads secrets from environment variables: one variable a secret.
//
//	env:?prefix=APP_          db/password is APP_DB_PASSWORD
//	env:?empty=keep           a variable that is set to nothing is an empty secret
//	env:?files=true           APP_DB_PASSWORD_FILE may name a file that holds the value
//
// # Names
//
// [Name] maps names to variables. Several names map to one variable (db/password,
// db-password and DB.PASSWORD), so the first of them that a provider is asked for
// keeps the variable, and asking for another one is ErrInvalid: two spellings of
// one secret are a mistake that would otherwise show in production, where another
// backend tells them apart. A name with only ASCII letters, digits and / _ - .
// takes the variable from a name with other characters, and any name takes it
// from one with invisible characters. An odd name that came first, by mistake or
// from an attacker, must not keep a good one out. The provider remembers up to
// three names for each variable that exists, so this memory is bounded by the
// environment.
//
// # Empty and absent
//
// A variable that is set to nothing is absent, because Compose files and
// Kubernetes manifests set variables to nothing when they mean to leave them
// out. Options.KeepEmpty takes it for an empty secret instead.
//
// A _FILE that is set to nothing counts as unset. The file that it names is read
// as package file reads one: a text loses a byte order mark and one final
// newline, and an empty file is an empty secret. A file that does not exist is
// ErrInvalid, because a chain must not go on without it. Once the file was read,
// its absence is ErrUnavailable.
//
// # What the environment can't do
//
// The environment of a process is inherited by its children and stays readable to
// its owner under /proc, even after os.Unsetenv. It has no versions and no times,
// and its values never change from outside, so a rotation never comes from here.
package env
