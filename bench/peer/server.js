// The handler of Vapi's documentation (docs.vapi.ai/assistants/personalization), with its look-up in PostgreSQL and
// its secret checked, in as many processes as our server has.
import cluster from "node:cluster";
import { createHash, timingSafeEqual } from "node:crypto";
import express from "express";
import pg from "pg";

const PROCESSES = Number(process.env.PROCESSES);
const SECRET = digest(process.env.VAPI_WEBHOOK_SECRETS);
const CUSTOMER = "SELECT id, name, account_type, join_date FROM peer_customers WHERE phone_number = $1";

if (cluster.isPrimary) {
  for (let i = 0; i < PROCESSES; i++) cluster.fork();
} else {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  const app = express();
  app.use(express.json());

  app.post("/assistant-selector", async (req, res) => {
    if (!timingSafeEqual(digest(req.get("x-vapi-secret") ?? ""), SECRET)) return res.sendStatus(401);
    const { message } = req.body;
    if (message?.type !== "assistant-request") return res.json({});
    const { rows } = await pool.query(CUSTOMER, [message.call?.customer?.number]);
    const customer = rows[0];
    if (!customer) return res.json({ error: "Unable to find customer record. Please try again later." });
    res.json({
      assistantId: process.env.ASSISTANT_ID,
      assistantOverrides: {
        variableValues: {
          customerName: customer.name,
          accountType: customer.account_type,
          joinDate: customer.join_date,
        },
        metadata: { customerId: customer.id },
      },
    });
  });

  app.listen(Number(process.env.PORT), "127.0.0.1");
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}
