package main

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux/adapters/seal"
)

// table is a table with one encrypted column. The place of a value is its associated
// data, so a row's value can't be opened in another row.
type table struct {
	box  *seal.Box
	rows map[string][]byte
}

func (t *table) put(place, value string) error {
	sealed, err := t.box.Seal([]byte(value), []byte(place))
	if err != nil {
		return err
	}
	t.rows[place] = sealed
	return nil
}

func (t *table) readAll(ctx context.Context) error {
	for place, sealed := range t.rows {
		if _, err := t.box.Open(ctx, sealed, []byte(place)); err != nil {
			return err
		}
	}
	return nil
}

// sealAnew is the job that runs after a promotion. It can stop at any row and continue
// later.
func (t *table) sealAnew(ctx context.Context) (moved int, err error) {
	for place, sealed := range t.rows {
		if !t.box.Old(sealed) {
			continue
		}
		value, err := t.box.Open(ctx, sealed, []byte(place))
		if err != nil {
			return moved, err
		}
		if err := t.put(place, string(value)); err != nil {
			return moved, err
		}
		if t.box.Old(t.rows[place]) {
			return moved, errors.New("the promoted key does not seal yet")
		}
		moved++
	}
	return moved, nil
}
