// Package dotenv reads secrets from a .env file. It does not touch the environment of
// the process.
//
//	dotenv:.env                           relative to the working directory of each read
//	dotenv:///etc/app/.env?prefix=APP_    db/password is the key APP_DB_PASSWORD
//	dotenv:.env?dialect=godotenv          in the dialect of github.com/joho/godotenv
//	dotenv:.env?expand=true               ${NAME} is the value of a key further up
//	dotenv:.env?empty=keep                a key with an empty value is an empty secret
//	dotenv:.env?perm=strict               refuses a file that is open to others
//	dotenv:.env?missing=unavailable       for a file that must exist
//	dotenv:.env?fifo=true                 a FIFO that 1Password serves
//
// # Dialects
//
// A .env file has no standard. The default dialect, [Secretmux], is made for secrets.
// It refuses everything that it can't read with certainty; the error has the number
// of the line and none of its text. It expands nothing unless asked to, so a password
// with a $ or a # is read exactly as it was written. [Godotenv] reads every file that
// github.com/joho/godotenv v1.5.1 reads, for users who come from that library.
// docs/dotenv-dialects.md compares the two, input by input.
//
// # Names
//
// A secret's name becomes a key of the file by the same rules by which package env
// makes a variable: see its function Name. The file must have the key in exactly this
// spelling; a key in lower case is never found. As in package env, two names that
// give one key are ErrInvalid, and a key with an empty value is absent unless
// Options.KeepEmpty is set.
//
// # The file
//
// The file is read anew at each Get, and once for all names of a GetMany. As long as
// this provider has never seen the file, every secret in it is ErrNotFound, so a
// chain goes on: a file for development is absent everywhere else. After this
// provider has seen the file, its loss is ErrUnavailable, because the loss proves
// nothing about the secrets in it: a chain stops, and stale= keeps serving the last
// values. missing=absent makes both cases ErrNotFound, and missing=unavailable makes
// both ErrUnavailable. A program that starts without the file has not seen it.
//
// A file over 1 MiB, a folder, a device and, without fifo=true, a FIFO are refused
// without reading them. If others may read the file, there is one warning; with
// Options.StrictPerm such a file is refused. A change counts when two reads 100 ms
// apart agree, as in package file. Still, write a new file and rename it over the old
// one.
//
// # A FIFO
//
// Some programs mount a .env file as a FIFO and write it anew for each reader. They
// may ask a person first, as 1Password does. With fifo=true the FIFO is read once for
// each load, and only by one reader at a time. Every caller that asks before a read
// has begun shares this read. The link's timeout= says how long to wait for the
// writer; no read lasts longer. The advice of 2 seconds does not hold then: a store
// keeps the values for its own TTL, or for the link's ttl=. Check looks at the FIFO
// and does not read it. A plain file in place of the FIFO is ErrInvalid: it would be
// a copy of the secrets on the disk, which this parameter is meant to avoid.
package dotenv
