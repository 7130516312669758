// Package scan finds leaked secrets in files, in what git has staged and in the
// history of a repository: the program's own values in every form in which they
// are written down (docs/mask-and-scan.md has the list), and tokens of vendors by
// their fixed prefixes.
//
//	secrets, err := store.GetAll(ctx, "db/password", "api/key")
//	scanner, err := scan.New(scan.Options{Secrets: secrets})
//	report, err := scanner.Worktree(ctx, ".")
//
// A [Scanner] holds keyed digests of the values, not the values. A [Finding] says
// where and which, never what. A report of 0 bytes is not a clean one.
//
// The sources run git, and no program that a repository's own configuration names.
package scan
