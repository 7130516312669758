package scan

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OwnValue is the Rule of a finding that is one of Options.Secrets.
const OwnValue = "own-value"

// Finding is one place where a secret is written. It does not hold the secret.
type Finding struct {
	// Path is the file's, as git or the walk gave it: any bytes but NUL, relative
	// to the folder that was scanned or, for Staged and History, to the root of
	// the repository. A secret in the path itself is masked there. Empty for an
	// object of the history that no commit reaches, and for a commit's message.
	Path string
	// Line and Column count from 1, Column in bytes; in a commit or a tag, in what
	// git cat-file -p prints. Both are 0 where the path itself holds the secret.
	Line, Column int
	// Rule is OwnValue or the ID of one of [Rules].
	Rule string
	// Secret is the reference of an own value, empty for other rules.
	Secret string
	// Encoding is how the own value is written: "raw", "line" (one line of it),
	// "base64" ("base64+1" and "base64+2" behind one and two other bytes),
	// "base64url", "hex", "url", "json", "go", "shell", "xml" or "utf-16". Empty
	// for other rules.
	Encoding string
	// Digest is HMAC-SHA256 (RFC 2104) of the text that was found, cut to 128 bits,
	// in hexadecimal. Its key is the Baseline's, or else one that the Scanner drew:
	// digests of two scanners can't be compared.
	Digest string
	// Object and Commit are git's ids of the blob, commit or tag that holds the
	// secret, and of the first commit that brought it. Staged sets Object, History
	// both.
	Object, Commit string

	weak     bool // the digest could be guessed back by whoever has its key
	baseline *Baseline
}

// String is one line: where, and which secret. Bytes of the path that are not
// printable are escaped, so that a file's name can't act on a terminal.
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

// printable quotes text that holds anything but printable characters.
func printable(text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// Report is the outcome of one scan.
type Report struct {
	// Findings are in the order in which they were met.
	Findings []Finding
	// More is how many findings are left out of Findings, beyond
	// Options.MaxFindings.
	More int
	// Known is how many findings the baseline has, and Allowed how many tokens a
	// comment allows. They are not in Findings.
	Known, Allowed int
	// Files and Bytes are what was read. With 0 bytes nothing was scanned:
	// take that for a failure, not for a clean result.
	Files int
	Bytes int64
	// Archives is how many of the files are compressed. What is in them was not
	// seen.
	Archives int
	// Skipped are the files that were not read, or not to their end.
	Skipped []Skip
}

// Skip is a file that was not read to its end.
type Skip struct {
	Path string
	// Why is a sentence for a person: "a submodule: scan it on its own".
	Why string
}
