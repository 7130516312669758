package acme

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/secretmux/secretmux"
)

// most is the largest number of names in one call.
const most = 20

// GetMany reads up to 20 names with one call. A fault of one name is the error of that
// name. The error of a failed call is the error of each name in it.
func (p *Provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	results := make([]secretmux.Result, len(names))
	var asked []int // those with names that the backend can hold
	for i, name := range names {
		results[i].Name = name
		if results[i].Err = secretmux.ValidateName(name); results[i].Err == nil {
			asked = append(asked, i)
		}
	}
	for some := range slices.Chunk(asked, most) {
		p.readSome(ctx, results, some)
	}
	return results, nil
}

func (p *Provider) readSome(ctx context.Context, results []secretmux.Result, some []int) {
	var ask struct {
		Names []string `json:"names"`
	}
	for _, i := range some {
		ask.Names = append(ask.Names, p.key(results[i].Name))
	}
	body, err := json.Marshal(ask)
	var answer struct {
		Secrets []secret `json:"secrets"`
	}
	if err == nil {
		err = p.call(ctx, request{method: http.MethodPost, path: "/v1/batch", body: body, limit: most * maxAnswer}, &answer)
	}
	if err == nil && len(answer.Secrets) != len(some) {
		err = errMalformed
	}
	for n, i := range some {
		r := &results[i]
		if r.Err = err; err == nil {
			r.Secret, r.Err = p.one(answer.Secrets[n], ask.Names[n])
		}
		r.Err = p.fail("get", r.Name, r.Err)
	}
}

// one is the answer for one name of a batch.
func (p *Provider) one(got secret, key string) (secretmux.Secret, error) {
	if got.Error != "" && got.Name == key {
		return secretmux.Secret{}, errorOf(got.Error)
	}
	return p.secret(got, key)
}
