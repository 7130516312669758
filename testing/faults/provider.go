package faults

import (
	"context"
	"fmt"
	"iter"

	"github.com/secretmux/secretmux"
)

// provider is a provider with faults.
type provider struct {
	inner  secretmux.Provider
	faults *Injector
}

var (
	_ secretmux.ManyGetter    = (*provider)(nil)
	_ secretmux.VersionGetter = (*provider)(nil)
	_ secretmux.Lister        = (*provider)(nil)
	_ secretmux.Describer     = (*provider)(nil)
	_ secretmux.Checker       = (*provider)(nil)
)

func (p *provider) String() string {
	if s, ok := p.inner.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", p.inner)
}

func (p *provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.read(ctx, OpGet, name, p.inner.Get)
}

func (p *provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	return p.read(ctx, OpGetVersion, name, func(ctx context.Context, name string) (secretmux.Secret, error) {
		return secretmux.GetVersion(ctx, p.inner, name, version)
	})
}

func (p *provider) read(ctx context.Context, op Op, name string,
	read func(context.Context, string) (secretmux.Secret, error),
) (secretmux.Secret, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Secret{}, err
	}
	step, err := p.enter(ctx, op, name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	if !step.Secret.IsZero() {
		return step.Secret, nil
	}
	return read(ctx, name)
}

func (p *provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		if _, err := p.enter(ctx, OpList, ""); err != nil {
			yield(secretmux.Info{}, err)
			return
		}
		for info, err := range secretmux.List(ctx, p.inner, prefix) {
			if !yield(info, err) {
				return
			}
		}
	}
}

func (p *provider) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return secretmux.Info{}, err
	}
	if _, err := p.enter(ctx, OpDescribe, name); err != nil {
		return secretmux.Info{}, err
	}
	return secretmux.Describe(ctx, p.inner, name)
}

func (p *provider) Check(ctx context.Context) error {
	if _, err := p.enter(ctx, OpCheck, ""); err != nil {
		return err
	}
	return secretmux.Check(ctx, p.inner)
}

func (p *provider) Close() error { return secretmux.Close(p.inner) }

// enter takes the step for one call and executes it.
func (p *provider) enter(ctx context.Context, op Op, name string) (Step, error) {
	if err := ctx.Err(); err != nil {
		return Step{}, p.ended(op, name, err)
	}
	step, hit := p.faults.step(op, name, true)
	if !hit {
		step, _ = p.faults.step(op, name, false)
	}
	if err := step.wait(ctx); err != nil {
		return Step{}, p.ended(op, name, err)
	}
	return step, p.failure(op, name, step.Err)
}
