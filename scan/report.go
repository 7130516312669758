package scan

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OwnValue is the Finding.Rule if the secret is one of Options.Secrets.
const OwnValue = "own-value"

// Finding is one place where a secret is written. It does not hold the secret.
type Finding struct {
	// Path is the path of the file. It is relative to the folder that was scanned
	// or, for Staged and History, to the root of the repository. It may have any
	// bytes except NUL. A secret in the path itself is masked. The path is empty
	// for a commit's message, and for an object of the history that no commit
	// reaches.
	Path string
	// Line and Column count from 1. Column counts bytes. In a commit or a tag, they
	// count in the output of git cat-file -p. Both are 0 if the path itself holds
	// the secret.
	Line, Column int
	// Rule is OwnValue or the ID of one of [Rules].
	Rule string
	// Secret is the reference of the value, if Rule is OwnValue. Otherwise it is empty.
	Secret string
	// Encoding is how the program's own value is written: "raw", "line" (one line of it),
	// "base64" ("base64+1" and "base64+2" after one and two other bytes),
	// "base64url", "hex", "url", "json", "go", "shell", "xml" or "utf-16". It is
	// empty for other rules.
	Encoding string
	// Digest is the HMAC-SHA256 (RFC 2104) of the text that was found, cut to 128
	// bits, in hexadecimal. Options.Baseline has the key. Without a baseline each
	// Scanner draws its own key, and the digests of two Scanners can't be compared.
	Digest string
	// Object is git's id of the blob, commit or tag that holds the secret. Commit
	// is the id of the first commit that brought it. Staged sets Object, and
	// History sets both.
	Object, Commit string

	weak     bool // a holder of the key could guess the value from the digest
	baseline *Baseline
}

// String returns one line that says where the secret is and which secret it is. It
// escapes bytes of the path that are not printable, so that the name of a file
// can't control a terminal.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.where())
	if f.Line > 0 {
		b.WriteString(":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column))
	}
	b.WriteString(": " + f.Rule)
	if f.Secret != "" {
		b.WriteString(" " + printable(f.Secret) + " (" + f.Encoding + ")")
	}
	if f.Line == 0 {
		b.WriteString(" in the path")
	}
	if f.Commit != "" {
		b.WriteString(" in commit " + f.Commit)
	}
	return b.String()
}

func (f Finding) where() string {
	switch {
	case f.Path != "":
		return printable(f.Path)
	case f.Object != "" && f.Object == f.Commit:
		return "message"
	case f.Object != "":
		return "object " + f.Object
	}
	return "-"
}

// printable quotes text that holds characters that are not printable.
func printable(text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// Report is the outcome of one scan.
type Report struct {
	// Findings are in the order in which the scan found them.
	Findings []Finding
	// More is how many findings are not in Findings because of Options.MaxFindings.
	More int
	// Known is how many findings were in the baseline. Allowed is how many tokens were
	// allowed by a comment. Findings does not hold them.
	Known, Allowed int
	// Files and Bytes say how much was read. If Bytes is 0, nothing was scanned:
	// treat that as a failure, not as a clean result.
	Files int
	Bytes int64
	// Archives is how many of the files are compressed. The scan did not see the
	// files inside them.
	Archives int
	// Skipped are the files that were not read at all or not read to their end.
	Skipped []Skip
}

// Skip is a file that was not read at all or not read to its end.
type Skip struct {
	// Path is the path of the file, as in Finding.Path. In a report of History it is
	// "object" and the id of the object.
	Path string
	// Why is a phrase for a person, such as "a submodule: scan it on its own".
	Why string
}
