// The peer: @neo4j/graphql behind graphql-yoga, over the same server and the same labels as Suyuan.
//   NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE (may be empty) and PORT come from the environment.
// It reads plainly: no regions of a reader, no masking, nothing withheld.
import { createServer } from 'node:http';
import { Neo4jGraphQL } from '@neo4j/graphql';
import { createYoga } from 'graphql-yoga';
import neo4j from 'neo4j-driver';

const typeDefs = `#graphql
  type Merchant @node {
    id: ID!
    merchantId: String! @alias(property: "merchant_id")
    name: String!
    division: String
    firstSeen: String! @alias(property: "first_seen")
    operates: [Store!]! @relationship(type: "OPERATES", direction: OUT)
  }
  type Store @node {
    id: ID!
    platform: String!
    nativeId: String! @alias(property: "native_id")
    name: String
    openedOn: String @alias(property: "opened_on")
  }
`;

const { env } = process;
const driver = neo4j.driver(env.NEO4J_URI, neo4j.auth.basic(env.NEO4J_USERNAME, env.NEO4J_PASSWORD));
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const database = env.NEO4J_DATABASE || undefined;
const yoga = createYoga({
  schema,
  context: () => ({ sessionConfig: { database } }),
  graphiql: false,
  landingPage: false,
  logging: 'warn',
  maskedErrors: false,
});
const server = createServer(yoga);
server.listen(Number(env.PORT), '127.0.0.1');
process.on('SIGTERM', async () => {
  server.closeAllConnections();
  server.close();
  await driver.close();
});
