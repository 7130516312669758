package scan

import (
	"context"
	"crypto/rand"
	"io"
)

// Scanner searches for secrets. It holds keyed digests of the values and a random
// key of its own, so a dump of it shows no value. It is immutable and safe for
// concurrent use. Each scan has its own buffers and runs on one core.
type Scanner struct {
	opts      Options
	key       []byte // for the digests of the needles
	shown     []byte // for the digests of the findings
	sieve     *sieve
	needles   []needle
	names     []string
	encodings []string
	anchors   *anchors // nil with Options.NoPatterns
	excluded  []Excluded
	unmatched map[string]bool
}

// New returns a Scanner. A malformed reference or a zero Secret in opts.Secrets is
// ErrInvalid.
func New(opts Options) (*Scanner, error) {
	opts, err := opts.validate()
	if err != nil {
		return nil, err
	}
	key, shown := newKey(), newKey()
	if opts.Baseline != nil {
		shown = opts.Baseline.key[:]
	}
	size := 0
	for _, secret := range opts.Secrets {
		size += formsOf(len(secret.Bytes()))
	}
	c := collector{opts: opts, sieve: newSieve(size), mac: newMAC(key), unmatched: listed(opts)}
	c.addAll()
	c.sieve.build(c.needles)
	opts.Secrets, opts.Include, opts.Except = nil, nil, nil
	s := &Scanner{
		opts: opts, key: key, shown: shown, sieve: c.sieve, needles: c.needles,
		names: c.names, encodings: c.encodings, excluded: c.excluded, unmatched: c.unmatched,
	}
	if !opts.NoPatterns {
		s.anchors = newAnchors(rules())
	}
	return s, nil
}

// formsOf guesses how many forms a value of length bytes has: about a dozen, and
// more for each line.
func formsOf(length int) int { return 12 + length/16 }

func newKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails: crypto/rand ends the program instead
	return key
}

// String names the type.
func (s *Scanner) String() string { return "scan.Scanner" }

// Reader scans r to its end or to Options.MaxFileSize. The path is only used in
// findings, and may be empty. If r fails, the error is ErrUnavailable and wraps r's
// own error. The report is never nil: with an error it has what was scanned before.
func (s *Scanner) Reader(ctx context.Context, path string, r io.Reader) (*Report, error) {
	q := newSearch(s)
	err := q.file(ctx, path, r)
	return q.report, err
}
