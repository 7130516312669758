package scan

import (
	"context"
	"crypto/rand"
	"io"
)

// Scanner searches for secrets. It holds digests of the values under a key that it
// drew, so that a dump of it shows none. It is immutable and safe for concurrent
// use; each scan has buffers of its own and runs on one core.
type Scanner struct {
	opts      Options
	key       []byte // of the needles' digests
	shown     []byte // of the findings' digests
	sieve     *sieve
	needles   []needle
	names     []string
	encodings []string
	anchors   *anchors // nil without patterns
	excluded  []Excluded
	unmatched map[string]bool
}

// New returns a Scanner. A reference that is malformed or a secret that is the
// zero Secret is ErrInvalid.
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

// formsOf guesses how many forms a value of so many bytes has: a dozen, and more
// for each line.
func formsOf(length int) int { return 12 + length/16 }

func newKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails: crypto/rand ends the program instead
	return key
}

// String names the type.
func (s *Scanner) String() string { return "scan.Scanner" }

// Reader scans what r gives, to its end or to Options.MaxFileSize. Path is for the
// findings; it may be empty. What r fails with is ErrUnavailable, around r's own
// error. The report is good also beside an error: it says what was scanned before.
func (s *Scanner) Reader(ctx context.Context, path string, r io.Reader) (*Report, error) {
	q := newSearch(s)
	err := q.file(ctx, path, r)
	return q.report, err
}
