// Merchants with different ids and one unified social credit code.
// No parameters. Returns ids (sorted node ids) per code. Bound: codes used more than once.
MATCH (merchant:Merchant) WHERE merchant.uscc IS NOT NULL
WITH merchant.uscc AS uscc, merchant.id AS id ORDER BY uscc, id
WITH uscc, collect(id) AS ids WHERE size(ids) > 1
RETURN ids ORDER BY ids[0]
