// Package scan finds leaked secrets in files, in the changes that git has staged
// and in the history of a repository. It finds the program's own values in every
// form in which they are written down (docs/mask-and-scan.md has the list). It
// finds the tokens of vendors by their fixed prefixes.
//
//	secrets, err := store.GetAll(ctx, "db/password", "api/key")
//	scanner, err := scan.New(scan.Options{Secrets: secrets})
//	report, err := scanner.Worktree(ctx, ".")
//
// A [Scanner] holds keyed digests of the values, not the values. A [Finding] says
// where a secret is and which secret it is. It never holds the value. If [Report].Bytes
// is 0, nothing was scanned: that is not a clean result.
//
// The scans of a repository run git. They run no program that the repository's own
// configuration names.
package scan
