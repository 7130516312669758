package faults

import (
	"context"

	"github.com/secretmux/secretmux"
)

// GetMany is one call: rules without names take one step for all names that no rule
// with names hits. The batch takes as long as the slowest of its steps, and hangs if
// one of them hangs, like a real batch.
func (p *provider) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, p.ended(OpGet, "", err)
	}
	steps, delay := p.batchSteps(names)
	if err := delay.wait(ctx); err != nil {
		return nil, p.ended(OpGet, "", err)
	}
	results := make([]secretmux.Result, len(names))
	var (
		asked []string
		at    []int
	)
	for i, name := range names {
		results[i] = secretmux.Result{Name: name, Secret: steps[i].Secret, Err: secretmux.ValidateName(name)}
		if results[i].Err == nil {
			results[i].Err = p.failure(OpGet, name, steps[i].Err)
		}
		switch {
		case results[i].Err != nil:
			results[i].Secret = secretmux.Secret{}
		case steps[i].Secret.IsZero():
			asked, at = append(asked, name), append(at, i)
		}
	}
	got, err := secretmux.GetMany(ctx, p.inner, asked)
	if err != nil {
		return nil, err
	}
	for n, r := range got {
		results[at[n]] = r
	}
	return results, nil
}

// batchSteps returns the step of each name, and a step that waits for all of them.
func (p *provider) batchSteps(names []string) ([]Step, Step) {
	steps := make([]Step, len(names))
	var (
		delay Step
		rest  []int
	)
	for i, name := range names {
		if secretmux.ValidateName(name) != nil {
			continue
		}
		step, hit := p.faults.step(OpGet, name, true)
		if !hit {
			rest = append(rest, i)
			continue
		}
		steps[i], delay = step, delay.longer(step)
	}
	if len(rest) == 0 {
		return steps, delay
	}
	shared, _ := p.faults.step(OpGet, "", false)
	for _, i := range rest {
		steps[i] = shared
	}
	return steps, delay.longer(shared)
}
