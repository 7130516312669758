// Package exec asks a command for secrets: a password manager's, or one that a team
// wrote. It never starts a shell.
//
//	exec:op?arg=read&arg=op://vault/{name}               1Password
//	exec:pass?arg=show&arg=--&arg={name}                 the standard Unix password manager
//	exec:op?arg=read&arg=op://vault/{name}&env=OP_SERVICE_ACCOUNT_TOKEN
//	exec:///opt/shop/get-secret?arg={name}&notfound=44   a program that tells absence
//	exec:/opt/shop/all?name=app&document=app             one JSON secret a service
//
// It is not among the schemes of package local: a person who can change a config
// string with an exec: link runs programs. Pass its Backend to secretmux.Open
// where you want that.
//
// # The command
//
// The program is an absolute path, or a name that is looked up in PATH once, when the
// link is opened. Its arguments are those of the link, in order, with {name} replaced
// by the secret's name. No shell reads them, and $, ; and quotes in them mean nothing.
// A link without {name} says with name= which one secret the command prints; every
// other name is ErrNotFound then.
//
// A name can't become an option, a file of options or a piece of a shell's program,
// whatever the program does with its arguments: it starts with a letter, a digit or _,
// and so does each word of it, and besides letters and digits it has only spaces and
// / _ - . : @ + =. Any other name is ErrInvalid and starts nothing.
//
// The command gets nothing on its standard input, runs in the working directory of
// this process, and sees a few variables of the environment, such as HOME and PATH.
// Name the others that it needs with env=. On Windows a .bat or .cmd file is refused,
// as a shell would read its arguments.
//
// # The answer
//
// What the command prints is the secret, without one final newline where it is text;
// trim=none keeps it. Nothing is not a secret unless empty=keep, and more than 1 MiB is
// ErrTooLarge. What it writes to its standard error may quote the value, so it is
// counted and never shown.
//
// Commands have no common way to say that a secret does not exist, so every failure is
// ErrUnavailable, which stops a chain; notfound=44 says which exit code means absence.
// A failed command is not tried a second time, as it may have asked a person.
//
// The link's timeout= bounds it all. At its end, or when the caller goes, the command
// is killed with the processes that it started, as far as they stayed in its process
// group. On Windows only the command itself is killed.
package exec
