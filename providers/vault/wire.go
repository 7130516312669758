package vault

import (
	"context"
	"errors"
	"io"
	"net/http"
)

const (
	// maxAnswer limits the body of an answer: a value of 1 MiB with what the API
	// puts around it.
	maxAnswer = 1<<20 + 1<<16
	// maxList limits one page of names, for which the API has no pages.
	maxList = 16 << 20
)

var errTooLarge = errors.New("the answer is too large")

// wire is a transport that reads no more of a body than its request allows. The
// official client would read an error's body to the end, however long.
type wire struct {
	base http.RoundTripper
	// once is for requests that must not be sent twice. Nil means base.
	once http.RoundTripper
}

// terms are what a request tells the wire, through its context.
type terms struct {
	limit int64
	// once is for reads that make something. They need a connection of their own:
	// net/http sends a GET again, by itself, when a kept connection breaks.
	once bool
}

type termsKey struct{}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	t, ok := r.Context().Value(termsKey{}).(terms)
	if !ok {
		t.limit = maxAnswer
	}
	transport := w.base
	if t.once && w.once != nil {
		transport = w.once
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = &limitedBody{ReadCloser: response.Body, left: t.limit}
	return response, nil
}

func withTerms(ctx context.Context, t terms) context.Context {
	return context.WithValue(ctx, termsKey{}, t)
}

// limitedBody fails where io.LimitReader would end, so that half an answer does
// not pass for a whole one.
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
