// Package exec asks a command for secrets: the command of a password manager, or one
// that a team wrote. It never starts a shell.
//
//	exec:op?arg=read&arg=op://vault/{name}               1Password
//	exec:pass?arg=show&arg=--&arg={name}                 the standard Unix password manager
//	exec:op?arg=read&arg=op://vault/{name}&env=OP_SERVICE_ACCOUNT_TOKEN
//	exec:///opt/shop/get-secret?arg={name}&notfound=44   a program that reports absence
//	exec:/opt/shop/all?name=app&document=app             one JSON secret a service
//
// Package local does not have this scheme: a person who can change a config string
// with an exec: link can run programs. Pass the Backend of this package to
// secretmux.Open if you want that.
//
// # The command
//
// The program is an absolute path, or a name that is looked up in PATH once, when the
// link is opened. Its arguments are the arguments of the link, in order, and the
// secret's name replaces {name} in them. No shell reads them, so $, ; and quotes have
// no meaning in them. If a link has no {name}, name= says which secret the command
// prints. Every other name is then ErrNotFound.
//
// A name can't become an option, a file of options or a part of a shell's program,
// whatever the program does with its arguments. The name and each of its words start
// with a letter, a digit or _. Besides letters and digits it has only spaces and / _
// - . : @ + =. Any other name is ErrInvalid and starts nothing.
//
// The command gets an empty standard input. It runs in the working directory of this
// process, and sees a few variables of the environment, such as HOME and PATH. Name
// other variables that it needs with env=. On Windows a .bat or .cmd file is refused,
// because a shell would read its arguments.
//
// # The answer
//
// The secret is the text that the command prints, without one final newline; with
// trim=none it is the output unchanged. Binary output is never changed. Empty output
// is not a secret unless the link has empty=keep. Output over 1 MiB is ErrTooLarge.
// The standard error of the command may quote the value, so it is counted and never
// shown.
//
// Commands have no common way to report that a secret does not exist. So every
// failure is ErrUnavailable, which stops a chain; notfound=44 says which exit code
// means absence. A failed command is not tried a second time, because it may have
// asked a person.
//
// The link's timeout= bounds the whole call. At its end, or when the caller gives up,
// the command is killed, together with the processes that it started and that stayed
// in its process group. On Windows only the command itself is killed.
package exec
