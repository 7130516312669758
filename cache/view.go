package cache

// view is a key whose value is computed from a document's.
type view[V any] struct {
	entry[V]
	project func(V) (V, error)
	err     error    // why there is no val
	peer    *view[V] // the document's next view
}

// resolved is what Options.View says about a key.
type resolved[V any] struct {
	document string
	project  func(V) (V, error)
}

// resolve asks View about the keys that the table does not have. It runs without
// the lock, as View is the user's.
func (c *Cache[V]) resolve(keys []string, requests []request[V]) []resolved[V] {
	views := make([]resolved[V], len(keys))
	for i, key := range keys {
		views[i], requests[i].err = c.viewOf(key)
	}
	return views
}

func (c *Cache[V]) viewOf(key string) (resolved[V], error) {
	if c.opts.View == nil {
		return resolved[V]{document: key}, nil
	}
	if e := c.table.Load().find(key); e != nil { // it may be gone when the answer is used
		r := resolved[V]{document: e.doc.key}
		if e.view != nil {
			r.project = e.view.project
		}
		return r, nil
	}
	document, project, err := c.opts.View(key)
	return resolved[V]{document, project}, err
}

// projectAll computes the views of a new value without the lock.
func (c *Cache[V]) projectAll(d *document[V], result Loaded[V]) map[*entry[V]]Result[V] {
	if result.Err != nil {
		return nil
	}
	c.mu.Lock()
	var views []*view[V]
	for v := d.views; v != nil; v = v.peer {
		views = append(views, v)
	}
	c.mu.Unlock()
	if views == nil {
		return nil
	}
	projected := make(map[*entry[V]]Result[V], len(views))
	for _, v := range views {
		own := view[V]{project: v.project}
		projectView(&own, result.Value)
		r := Result[V]{Err: own.err}
		if own.val != nil {
			r.Value = *own.val
		}
		projected[&v.entry] = r
	}
	return projected
}

// projectView computes a view's value from its document's.
func projectView[V any](v *view[V], value V) {
	v.val, v.err = nil, nil
	if projected, err := project(v.project, value); err != nil {
		v.err = err
	} else {
		v.val = &projected
	}
}

// project calls a projection and turns a panic into ErrPanic: the lock may be
// held, or nobody be there to recover.
func project[V any](f func(V) (V, error), value V) (projected V, err error) {
	if f == nil {
		return value, nil
	}
	defer func() {
		if recover() != nil {
			err = ErrPanic
		}
	}()
	return f(value)
}
