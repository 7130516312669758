package pgxsecret

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SendBatch is [pgxpool.Pool.SendBatch].
func (p *Pool) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	results := &batch{BatchResults: conn.SendBatch(ctx, b), conn: conn}
	if tx := results.BatchResults.Tx(); tx != nil {
		results.tx = &batchTx{Tx: tx, conn: conn}
	}
	return results
}

// batch releases its connection when it is closed, unless it began a transaction.
type batch struct {
	pgx.BatchResults
	conn *pgxpool.Conn
	tx   *batchTx
}

func (b *batch) Close() error {
	err := b.BatchResults.Close()
	if b.tx == nil {
		b.conn.Release() // a second Close does nothing
	}
	return err
}

func (b *batch) Tx() pgx.Tx {
	if b.tx == nil {
		return nil
	}
	return b.tx
}

// batchTx releases its connection when it ends.
type batchTx struct {
	pgx.Tx
	conn *pgxpool.Conn
}

func (t *batchTx) Commit(ctx context.Context) error {
	defer t.conn.Release()
	return t.Tx.Commit(ctx)
}

func (t *batchTx) Rollback(ctx context.Context) error {
	defer t.conn.Release()
	return t.Tx.Rollback(ctx)
}
