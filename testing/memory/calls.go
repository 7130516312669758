package memory

// Calls says how often each operation reached the backend. A call that was refused
// before, because of a bad name or an ended ctx, does not count. A call that found
// nothing counts. A batch is one call.
type Calls struct{ Get, GetMany, GetVersion, List, Check, Close int }

// Total is the sum of all calls except Close.
func (c Calls) Total() int { return c.Get + c.GetMany + c.GetVersion + c.List + c.Check }

// Calls returns the counts since New or ResetCalls.
func (m *Provider) Calls() Calls {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

// Reads returns how often name was asked for since New or ResetCalls: with Get, in a
// batch or by version.
func (m *Provider) Reads(name string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads[name]
}

// ResetCalls sets all counts to zero.
func (m *Provider) ResetCalls() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = Calls{}
	clear(m.reads)
}
