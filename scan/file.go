package scan

import (
	"bytes"
	"context"
	"io"
	"math"

	"github.com/secretmux/secretmux"
)

const (
	bufferSize = 64 << 10
	// ahead is how many bytes a scan must see from the beginning of a needle or a
	// token to recognize it.
	ahead = 1 << 10
	// behind is how many bytes of a line before a token are searched for a comment.
	behind = 4 << 10
	// allow is the comment that allows a token on the same line.
	allow = "secretmux:allow"
)

// file searches one file and counts it.
func (q *search) file(ctx context.Context, path string, r io.Reader) error {
	shown, findings := q.path(path)
	for _, f := range findings {
		q.found(f)
	}
	limited := io.LimitedReader{R: r, N: q.s.opts.maxFileSize()}
	if limited.N < 0 {
		limited.N = math.MaxInt64
	}
	err := q.text(ctx, &limited, func(f Finding) {
		f.Path = shown
		q.found(f)
	})
	if err != nil {
		return err
	}
	if limited.N == 0 && hasMore(r) {
		q.skip(path, "it is longer than MaxFileSize, so only its beginning was read")
	}
	q.report.Files++
	if q.s.opts.Progress != nil {
		q.s.opts.Progress(q.report.Files, q.report.Bytes)
	}
	return nil
}

func hasMore(r io.Reader) bool {
	n, _ := io.ReadFull(r, make([]byte, 1))
	return n > 0
}

// text searches the bytes of r.
func (q *search) text(ctx context.Context, r io.Reader, found func(Finding)) error {
	q.base, q.line, q.lineStart, q.ownEnd = 0, 0, 0, 0
	clear(q.ends)
	for lo, n := 0, 0; ; {
		if err := ctx.Err(); err != nil {
			return &secretmux.Error{Op: "scan", Err: err}
		}
		more, err := io.ReadFull(r, q.buf[n:])
		n += more
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return &secretmux.Error{Op: "scan", Class: secretmux.ErrUnavailable, Err: err}
		}
		if q.base == 0 && lo == 0 && compressed(q.buf[:n]) {
			q.report.Archives++
		}
		hi := n
		if !last {
			hi = n - ahead
		}
		q.window(q.buf[:n], lo, hi, found)
		if last {
			return nil
		}
		keep := max(hi-behind, 0)
		copy(q.buf, q.buf[keep:n])
		q.base += int64(keep)
		lo, n = hi-keep, n-keep
	}
}

// window reports the hits that begin at a position from lo to hi.
func (q *search) window(text []byte, lo, hi int, found func(Finding)) {
	at := lo
	for _, h := range q.find(text, lo, hi) {
		q.move(text[at:h.at], at)
		at = h.at
		where := q.base + int64(at)
		if !q.fresh(h, where) {
			continue
		}
		if h.rule != nil && bytes.Contains(lineOf(text, h), []byte(allow)) {
			q.report.Allowed++
			continue
		}
		f := q.finding(h, text)
		f.Line, f.Column = q.line+1, int(where-q.lineStart)+1
		found(f)
	}
	q.move(text[at:hi], at)
	q.report.Bytes += int64(hi - lo)
}

// move counts the lines of a passage that begins at buf[at:].
func (q *search) move(passage []byte, at int) {
	if i := bytes.LastIndexByte(passage, '\n'); i >= 0 {
		q.line += bytes.Count(passage, []byte{'\n'})
		q.lineStart = q.base + int64(at+i) + 1
	}
}

// lineOf returns the line of h, as far as the buffer holds it.
func lineOf(text []byte, h hit) []byte {
	start := bytes.LastIndexByte(text[:h.at], '\n') + 1
	end := h.at + h.length
	if i := bytes.IndexByte(text[end:], '\n'); i >= 0 {
		return text[start : end+i]
	}
	return text[start:]
}

// compressed reports whether a file begins like an archive. The scan searches its
// bytes too, but it can't see the files inside.
func compressed(text []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "\x1f\x8b", "\x28\xb5\x2f\xfd", "\xfd7zXZ\x00", "BZh", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07"} {
		if bytes.HasPrefix(text, []byte(magic)) {
			return true
		}
	}
	return false
}
