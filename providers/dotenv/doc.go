// Package dotenv reads secrets from a .env file, without touching the
// environment of the process.
//
//	dotenv:.env                           relative to the working directory of each read
//	dotenv:///etc/app/.env?prefix=APP_    db/password is the key APP_DB_PASSWORD
//	dotenv:.env?dialect=godotenv          as github.com/joho/godotenv reads it
//	dotenv:.env?expand=true               ${NAME} is the value of a key further up
//	dotenv:.env?empty=keep                a key with nothing in it is an empty secret
//	dotenv:.env?perm=strict               refuses a file that is open to others
//	dotenv:.env?missing=unavailable       for a file that must be there
//	dotenv:.env?fifo=true                 a FIFO that 1Password serves
//
// # Dialects
//
// A .env file has no standard. The default dialect, [Secretmux], is made for
// secrets: what it can't read for sure it refuses, with the number of the line
// and none of its text, and it expands nothing unless asked to, so that a
// password with a $ or a # comes back as it went in. [Godotenv] reads what
// github.com/joho/godotenv v1.5.1 reads, for those who move over from it.
// docs/dotenv-dialects.md compares the two, input by input.
//
// # Names
//
// A secret's name maps to a key of the file as it maps to a variable in package
// env, with its function Name. The key must be there in just that spelling; one in
// lower case is never found. As there, two asked names that map to one key are
// ErrInvalid, and a key with nothing in it is absent unless Options.KeepEmpty.
//
// # The file
//
// The file is read anew at each Get, and once for all names of a GetMany. While it
// was never there, every secret in it is ErrNotFound, so that a chain goes on: a file
// for development is absent everywhere else. Once this provider has seen the file, its
// loss is ErrUnavailable, as it proves nothing about what was in it: a chain stops,
// and stale= keeps serving. missing=absent makes both ErrNotFound, missing=unavailable
// both ErrUnavailable. A program that starts without the file has not seen it.
//
// A file over 1 MiB, a folder, a device and, without fifo=true, a FIFO are refused
// without reading them. A file that others may read is warned of once, or refused with
// Options.StrictPerm. A change is believed when two reads 100 ms apart agree, as for
// package file; still, write a new file and rename it over the old one.
//
// # A FIFO
//
// Some programs mount a .env as a FIFO and write it anew for each reader, perhaps
// after they asked a person: 1Password does. With fifo=true it is read once for each
// load, by one reader at a time, and whoever asks before a read has begun shares it.
// The link's timeout= is how long to wait for the writer; no read outlives it. The
// advice of 2 seconds does not hold then: a store keeps what it read for its own TTL, or the
// link's ttl=. Check looks at the FIFO and does not read it. A plain file in its place
// is ErrInvalid: it would be a copy on the disk of what should not be there.
package dotenv
